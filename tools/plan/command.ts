import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { styleText } from "node:util";
import { InvalidArgumentError, Option, type Command } from "commander";
import { namespace } from "../../lib/settings/problem.ts";
import { commandNamed, exitCodeOf, whichStack, type Streams } from "./command-line.ts";
import { plannedManifest, withoutManifest } from "../../plan/manifest.ts";
import { planStack, type Plan } from "../../plan/plan.ts";
import { componentsNamed, render } from "./render.ts";
import { readStack } from "../../plan/stack-file.ts";

export interface Surroundings extends Streams {
    /** Folder of the project. */
    root: string;
    /** The output is a terminal that shows styles. */
    styled?: boolean;
}

/** A file, or true for the standard output. */
type Destination = string | true;

interface Arguments {
    stack: string;
    json?: Destination;
    manifest?: Destination;
    deployerPolicy?: Destination;
    account?: string;
    depth?: number;
    only?: string;
}

/** Runs the command and gives its exit code: 0, 1 for a plan with problems, 2 for arguments that make no sense. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { err, root } = surroundings;
    const command = commandOf(surroundings);
    return exitCodeOf(async () => {
        const args = parse(command, argv, root);
        const plan = await planStack(root, args.stack);
        if (args.only !== undefined && componentsNamed(plan, args.only).length === 0) {
            command.error(`error: no component "${args.only}"`);
        }
        for (const message of plan.messages) {
            err(`${message}\n`);
        }
        await print(plan, args, surroundings);
        return 0;
    }, surroundings);
}

const commandOf = (streams: Surroundings): Command =>
    commandNamed("plan", streams)
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
        .option("--account <id>", "with --deployer-policy: the account, when the stack sets no accountId", accountId)
        .option("--depth <n>", "show n levels of the tree below its top", wholeNumber)
        .option("--only <component>", "show one component, by its name or type");

function wholeNumber(text: string): number {
    if (!/^\d+$/.test(text)) {
        throw new InvalidArgumentError("It must be a whole number.");
    }
    return Number(text);
}

function accountId(text: string): string {
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
    const word = [json, manifest, deployerPolicy].find((destination) => typeof destination === "string");
    if (typeof word !== "string") {
        return whichStack(command, root);
    }
    return {
        ...options,
        stack: word,
        json: json && true,
        manifest: manifest && true,
        deployerPolicy: deployerPolicy && true,
    };
}

async function print(plan: Plan, args: Arguments, surroundings: Surroundings): Promise<void> {
    const { stack, json, manifest, deployerPolicy, account, depth, only } = args;
    const { root, out, err, styled = false } = surroundings;
    const write = (content: object, what: string, to: Destination) => {
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
        const { deployerPolicies, placeOfStack, warningsOf } = await import("../../analysis/deployer/policies.ts");
        const { driftGrants } = await import("../drift/holds.ts");
        const { recoveryGrants } = await import("../deploy/lookups.ts");
        const place = placeOfStack(readStack(root, stack).config, account);
        const policies = deployerPolicies(plan, place, { drift: driftGrants(plan), recovery: recoveryGrants(plan) });
        for (const warning of warningsOf(place)) {
            err(`warning: ${warning}\n`);
        }
        write(policies, `${policies.preview.length + policies.deploy.length + 1} policies`, deployerPolicy);
    } else {
        const style = (as: "bold" | "dim", text: string): string =>
            styled ? styleText(as, text, { validateStream: false }) : text;
        out(render(withoutManifest(plan), { depth, only, style }));
    }
}
