import { suggestName } from "../../lib/settings/problem.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { argument, choiceArgument, defineCommand, flag } from "../frame/command.ts";
import { ExitError, updateExitReasons } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { withSession } from "../deploy/open-session.ts";
import { cacheToken } from "./cache-token.ts";
import { gatewayToken } from "./gateway-token.ts";
import type { RotatedSecret } from "./rotated-secret.ts";
import { recordNextStep } from "./stack-settings.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        secret: choiceArgument("<secret>", "what to rotate", ["cache-token", "gateway-token", "merchant-key"]),
        merchant: argument("[merchant]", "with merchant-key: name of the merchant in the settings"),
    },
    options: {
        yes: flag("do not ask (CI)"),
        finish: flag("refuse the merchant's former key, whether it is used or not"),
        record: flag("write the settings of the next step and deploy nothing, for a stack that is deployed from Git", {
            conflicts: ["yes", "finish"],
        }),
    },
    helpText: "See docs/rotation.md.",
    exitReasons: updateExitReasons,
};

export const command = defineCommand(spec, async ({ stack, secret, merchant, yes, finish, record }, context) => {
    if (finish && secret !== "merchant-key") {
        throw new ExitError("usage", `--finish belongs to merchant-key, not to ${secret}`);
    }
    const rotated = await secretOf(context.root, stack, secret, merchant);
    if (record) {
        recordNextStep({ ...context, stack }, rotated);
        return;
    }
    // AWS's clients are loaded only where they are used.
    const { rotate } = await import("./rotate.ts");
    await withSession(context, { stack, yes }, (session) => rotate(session, rotated, { finish }));
});

/** @throws ExitError `usage` for a merchant that is missing, superfluous or unknown */
async function secretOf(
    root: string,
    stack: string,
    secret: string,
    merchant: string | undefined,
): Promise<RotatedSecret> {
    const { environmentSuffix, gateway } = readSettingsOfStack(root, stack);
    if ((secret === "merchant-key") !== (merchant !== undefined)) {
        throw new ExitError("usage", "give a merchant with merchant-key, and with nothing else");
    }
    if (merchant === undefined) {
        return secret === "cache-token" ? cacheToken(environmentSuffix) : gatewayToken(environmentSuffix);
    }
    const known = Object.keys(gateway.merchants);
    if (!known.includes(merchant)) {
        const suggestion = known.length === 0 ? "there are none" : suggestName(merchant, known);
        throw new ExitError("usage", `no merchant "${merchant}" in stack ${stack}: ${suggestion}`);
    }
    const { merchantKey } = await import("./merchant-key.ts");
    return merchantKey(environmentSuffix, merchant);
}
