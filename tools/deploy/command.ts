import { homedir } from "node:os";
import { consequenceKinds } from "../../analysis/difference/consequence.ts";
import { choiceArgument, defineCommand, flag, option, repeatableOption } from "../frame/command.ts";
import { exitCodes, type ExitReason } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parseAcceptOption } from "./acceptance.ts";
import { withPulumiErrors } from "./pulumi-errors.ts";
import { setUpPulumi } from "./pulumi-setup.ts";
import { subcommands, type SubcommandName } from "./subcommands.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        subcommand: choiceArgument("<subcommand>", "what to do", Object.keys(subcommands) as SubcommandName[]),
    },
    options: {
        yes: flag("do not ask (CI)"),
        json: flag("write what was found as JSON", { subcommand: "drift" }),
        confirm: option("<stack>", "the stack's name once more, in place of the question", { subcommand: "destroy" }),
        accept: repeatableOption(
            "<resource:kind>",
            `accept one consequence, such as payment-cache-dev:replace; kinds: ${consequenceKinds.join(", ")}`,
            { parse: parseAcceptOption, subcommand: "up" },
        ),
        acceptFile: option("<file>", "accept what a reviewed file lists, for the one update it was written for", {
            subcommand: "up",
        }),
        writeAcceptFile: option("<file>", "write the consequences of the update as a file to review", {
            subcommand: "preview",
        }),
    },
    subcommands,
    helpText: "See docs/deploy.md.",
    exitReasons: Object.keys(exitCodes) as ExitReason[],
    // What follows the subcommand `pulumi` is for Pulumi, options included.
    ownWords: (argv: readonly string[]) => (argv[1] === "pulumi" ? 2 : argv.length),
};

export const command = defineCommand(spec, async (values, context, args) => {
    const { stack, subcommand } = values;
    const { installer, createCli, openStack } = await context.pulumi();
    const { env, root, terminal, say } = context;
    await withPulumiErrors(async () => {
        const setup = await setUpPulumi({ pulumi: installer, env, home: homedir(), root, stack, terminal, say });
        await subcommands[subcommand].run({
            ...context,
            ...values,
            args,
            cli: createCli(setup),
            openStack: (how) => openStack(setup, how),
        });
    });
});
