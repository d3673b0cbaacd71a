#!/usr/bin/env node
import { main } from "../dist/os/index.js";

process.exitCode = await main(process.argv);
