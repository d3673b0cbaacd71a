import { defineConfig } from "tsup";

export default defineConfig({
  entry: { main: "main.ts" },
  format: "esm",
  target: "node20",
  clean: true,
  tsconfig: "../tsconfig.build.json",
});
