// The CLI loads this with `require` under a TypeScript compiler of its own; what an ES module imports is left to Node.
import { dirname } from "node:path";
import { chdir } from "node:process";
import policy from "@pulumi/policy";
import { planInChildProcess } from "./pack/offline-plan.ts";
import { createPolicyPack } from "./pack.ts";

// It starts the pack in this folder; rules, like every command, read files of the project.
const root = dirname(import.meta.dirname);
chdir(root);
new policy.PolicyPack("payment-platform", createPolicyPack(root, planInChildProcess));
