#!/usr/bin/env node
import { nodeContext } from './node-context.ts';
import { buildProgram } from './program.ts';

process.exitCode = await buildProgram(nodeContext()).run(process.argv.slice(2));
