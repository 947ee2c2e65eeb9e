import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { createCli } from "./cli.ts";
import type { PulumiInstaller } from "./pulumi-command.ts";
import { openStack, type OpenStack } from "./session.ts";

/** Pulumi: its CLI, and the stacks of its Automation API. */
export interface PulumiAccess {
    readonly installer: PulumiInstaller;
    readonly openStack: OpenStack;
    readonly createCli: typeof createCli;
}

export const pulumiAccess: PulumiAccess = { installer: PulumiCommand, openStack, createCli };
