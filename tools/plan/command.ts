import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { styleText } from "node:util";
import { InvalidArgumentError, Option, type Command } from "commander";
import { namespace } from "../../lib/settings/problem.ts";
import { createCommand, runForExitCode, failWithoutStack, type OutputStreams } from "./command-line.ts";
import { plannedManifest, withoutManifest } from "../../plan/manifest.ts";
import { planStack, type Plan } from "../../plan/plan.ts";
import { findComponents, renderPlan } from "./render.ts";
import { readStack } from "../../plan/stack-file.ts";

export interface CommandContext extends OutputStreams {
    /** Folder of the project. */
    root: string;
    /** The output is a terminal that shows styles. */
    styled?: boolean;
}

/** A file, or true for the standard output. */
type JsonDestination = string | true;

interface Arguments {
    stack: string;
    json?: JsonDestination;
    manifest?: JsonDestination;
    deployerPolicy?: JsonDestination;
    account?: string;
    depth?: number;
    only?: string;
}

/** Runs the command and gives its exit code: 0, 1 for a plan with problems, 2 for arguments that make no sense. */
export async function run(argv: string[], context: CommandContext): Promise<number> {
    const { err, root } = context;
    const command = defineCommand(context);
    return runForExitCode(async () => {
        const args = parse(command, argv, root);
        const plan = await planStack(root, args.stack);
        if (args.only !== undefined && findComponents(plan, args.only).length === 0) {
            command.error(`error: no component "${args.only}"`);
        }
        for (const message of plan.messages) {
            err(`${message}\n`);
        }
        await printPlan(plan, args, context);
        return 0;
    }, context);
}

const defineCommand = (streams: CommandContext): Command =>
    createCommand("plan", streams)
        .description("Shows everything that a stack would build, without an AWS account.")
        .argument("[stack]", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--json [file]", "write the whole graph as JSON, see docs/plan.md")
        .addOption(
            new Option("--manifest [file]", "write what an auditor asks for as JSON, see docs/manifest.md").conflicts(
                "json",
            ),
        )
        .addOption(
            new Option(
                "--deployer-policy [file]",
                "write the least IAM policies that preview and deploy the stack as JSON, see docs/deployer.md",
            ).conflicts(["json", "manifest"]),
        )
        .option(
            "--account <id>",
            "with --deployer-policy: the account, when the stack sets no accountId",
            parseAccountId,
        )
        .option("--depth <n>", "show n levels of the tree below its top", parseWholeNumber)
        .option("--only <component>", "show one component, by its name or type");

function parseWholeNumber(text: string): number {
    if (!/^\d+$/.test(text)) {
        throw new InvalidArgumentError("It must be a whole number.");
    }
    return Number(text);
}

function parseAccountId(text: string): string {
    if (!/^\d{12}$/.test(text)) {
        throw new InvalidArgumentError("It must be the 12 digits of an AWS account.");
    }
    return text;
}

function parse(command: Command, argv: string[], root: string): Arguments {
    command.parse(argv, { from: "user" });
    const options = command.opts<Omit<Arguments, "stack">>();
    const [stack] = command.args;
    if (stack !== undefined) {
        return { ...options, stack };
    }
    // `--json dev` names the stack, not the file, where it is the only word.
    const { json, manifest, deployerPolicy } = options;
    const stackName = [json, manifest, deployerPolicy].find((destination) => typeof destination === "string");
    if (typeof stackName !== "string") {
        return failWithoutStack(command, root);
    }
    return {
        ...options,
        stack: stackName,
        json: json && true,
        manifest: manifest && true,
        deployerPolicy: deployerPolicy && true,
    };
}

async function printPlan(plan: Plan, args: Arguments, context: CommandContext): Promise<void> {
    const { stack, json, manifest, deployerPolicy, account, depth, only } = args;
    const { root, out, err, styled = false } = context;
    const write = (content: object, what: string, to: JsonDestination) => {
        const text = `${JSON.stringify(content, null, 2)}\n`;
        if (to === true) {
            out(text);
        } else {
            writeFileSync(resolve(root, to), text);
            out(`${what} written to ${to}\n`);
        }
    };
    if (json !== undefined) {
        // What the program wrote has been shown already and is no part of the graph.
        write({ ...plan, messages: undefined }, `${plan.nodes.length} nodes`, json);
    } else if (manifest !== undefined) {
        const content = plannedManifest(plan, readStack(root, stack).config[`${namespace}accountId`]);
        write(content, `${content.resources.length} resources`, manifest);
    } else if (deployerPolicy !== undefined) {
        // Nothing else needs the grants.
        const { deployerPolicies, deployerLocationOfStack, locationWarnings } =
            await import("../../analysis/deployer/policies.ts");
        const { driftPermissions } = await import("../drift/child-listers.ts");
        const { recoveryGrants } = await import("../deploy/lookups.ts");
        const place = deployerLocationOfStack(readStack(root, stack).config, account);
        const policies = deployerPolicies(plan, place, {
            drift: driftPermissions(plan),
            recovery: recoveryGrants(plan),
        });
        for (const warning of locationWarnings(place)) {
            err(`warning: ${warning}\n`);
        }
        write(policies, `${policies.preview.length + policies.deploy.length + 1} policies`, deployerPolicy);
    } else {
        const style = (as: "bold" | "dim", text: string): string =>
            styled ? styleText(as, text, { validateStream: false }) : text;
        out(renderPlan(withoutManifest(plan), { depth, only, style }));
    }
}
