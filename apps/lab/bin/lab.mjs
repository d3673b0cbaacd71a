#!/usr/bin/env node
import { main } from "../dist/os/index.js";

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await main(process.argv);
