import { consequenceKinds } from "../../analysis/difference/consequence.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { choiceArgument, defineCommand, flag, option, repeatableOption } from "../frame/command.ts";
import { updateExitReasons } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parseAcceptOption } from "./acceptance.ts";
import { withSession } from "./open-session.ts";
import { subcommands, type Subcommand, type SubcommandName } from "./subcommands.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        subcommand: choiceArgument("<subcommand>", "what to do", Object.keys(subcommands) as SubcommandName[]),
    },
    options: {
        yes: flag("do not ask (CI)", { subcommands: ["up", "refresh", "adopt", "cancel"] }),
        json: flag("write what was found as JSON", { subcommands: ["drift"] }),
        confirm: option("<stack>", "the stack's name once more, in place of the question", {
            subcommands: ["destroy"],
        }),
        accept: repeatableOption(
            "<resource:kind>",
            `accept one consequence, such as payment-cache-dev:replace; kinds: ${consequenceKinds.join(", ")}`,
            { parse: parseAcceptOption, subcommands: ["up"] },
        ),
        acceptFile: option("<file>", "accept what a reviewed file lists, for the one update it was written for", {
            subcommands: ["up"],
        }),
        writeAcceptFile: option("<file>", "write the consequences of the update as a file to review", {
            subcommands: ["preview"],
        }),
        promotedFrom: option(
            "<stack>",
            "refuse an image that neither passed in that stack nor ran in this one before",
            {
                subcommands: ["up"],
            },
        ),
    },
    subcommands,
    helpText: "See docs/deploy.md.",
    exitReasons: [...updateExitReasons, "incomplete" as const],
    // What follows the subcommand `pulumi` is for Pulumi, options included.
    ownWords: (argv: readonly string[]) => (argv[1] === "pulumi" ? 2 : argv.length),
};

export const command = defineCommand(spec, ({ subcommand, ...values }, context, args) => {
    const { run, readsSettings }: Subcommand = subcommands[subcommand];
    if (readsSettings) {
        readSettingsOfStack(context.root, values.stack);
    }
    return withSession(context, { ...values, args }, run);
});
