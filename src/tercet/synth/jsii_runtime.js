// Runs jsii's kernel for a synth: in this process, and reading of the AWS provider only what the stack uses.
//
// jsii_runtime.py lays this file out as bin/jsii-runtime.js, where jsii's own launcher would be, beside jsii's
// kernel (lib/program.js). The shares in the comments were measured with 214 resources of 81 types.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");
const { Writable } = require("stream");

// --- The provider's index, without its 2,400 modules ------------------------------------------------------------
// index.js requires each of them, which is two thirds of a plain synth's time and of its memory.

const REEXPORT = /^exports\.(\w+) = __importStar\(require\("(\.\/[\w-]+\/index)"\)\);$/gm;
const PROVIDER_INDEX = path.join("node_modules", "@cdktn", "provider-aws", "lib", "index.js");

function defineLazily(module, source) {
  for (const [, name, file] of source.matchAll(REEXPORT)) {
    Object.defineProperty(module.exports, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = module.require(file);
        Object.defineProperty(module.exports, name, { enumerable: true, value });
        return value;
      },
    });
  }
}

/** Whether the index does nothing but re-export: a require in any other form would be lost. */
function isOnlyReexports(source) {
  const code = source.replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const requires = code.split("require(").length - 1;
  return requires > 0 && requires === [...code.matchAll(REEXPORT)].length;
}

const loadJavaScript = Module._extensions[".js"];
Module._extensions[".js"] = (module, filename) => {
  if (filename.endsWith(PROVIDER_INDEX)) {
    const source = fs.readFileSync(filename, "utf8");
    if (isOnlyReexports(source)) {
      Object.defineProperty(module.exports, "__esModule", { value: true });
      defineLazily(module, source);
      return;
    }
    console.error(`${filename} is not as expected, so all of it is loaded: synth is correct, and slow.`);
  }
  loadJavaScript(module, filename);
};

// --- Source maps, left out --------------------------------------------------------------------------------------
// Two thirds of each module's text, which node would keep in memory and look through.

const SOURCE_MAP = "\n//# sourceMappingURL=data:";
const compile = Module.prototype._compile;
Module.prototype._compile = function (text, ...rest) {
  const end = text.lastIndexOf(SOURCE_MAP);
  return compile.call(this, end < 0 ? text : text.slice(0, end + 1), ...rest);
};

// --- Type definitions, one by one -------------------------------------------------------------------------------
// The kernel reads 43 MB of definitions to take slices of a few hundred: an eighth of the memory.

const DEFINITIONS = /\.jsii\.runtime-defs\.v1\.jsonl$/;
const readFileSync = fs.readFileSync;
fs.readFileSync = function (file, ...rest) {
  if (typeof file !== "string" || !DEFINITIONS.test(file)) return readFileSync.call(this, file, ...rest);
  const descriptor = fs.openSync(file, "r");
  return {
    toString(encoding, begin, end) {
      const slice = Buffer.alloc(end - begin);
      fs.readSync(descriptor, slice, 0, slice.length, begin);
      return slice.toString(encoding);
    },
  };
};

// --- The index of type definitions, finished --------------------------------------------------------------------
// The first synth with a cache has a worker write it, and would exit, and end the worker, before that is done: every
// later synth would parse 155 MB again.

const threads = require("worker_threads");
const running = new Set();
threads.Worker = class extends threads.Worker {
  constructor(...args) {
    super(...args);
    running.add(this);
    this.once("exit", () => running.delete(this));
  }
};
const exit = process.exit.bind(process);
process.exit = (code) => {
  if (running.size === 0) exit(code);
  for (const worker of running) worker.once("exit", () => running.size === 0 && exit(code));
};

// --- One process ------------------------------------------------------------------------------------------------
// jsii's launcher only starts a second node and carries every message to it and back. Its one other task: what
// constructs print must not get among the messages, and goes to Python wrapped, on standard error.

for (const name of ["stdout", "stderr"]) {
  const wrapped = new Writable({
    write(chunk, _encoding, done) {
      fs.writeSync(2, `${JSON.stringify({ [name]: chunk.toString("base64") })}\n`);
      done();
    },
  });
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => wrapped });
}

process.execArgv.push("--preserve-symlinks"); // set in NODE_OPTIONS; the kernel looks for it here
require("../lib/program.js");
