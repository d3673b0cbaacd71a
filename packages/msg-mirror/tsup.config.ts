import { library } from "../../tools/build/library.ts";

export default library({ index: "src/index.ts", "os/index": "src/os/index.ts" });
