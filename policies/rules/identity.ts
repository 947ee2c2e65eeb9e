import { recorded } from "../parity/golden.ts";
import { readRecords } from "../parity/records.ts";
import { identityFile, losses, type Identities } from "../identity/upgrade.ts";
import type { Rule } from "../rule.ts";

export const identityRules: readonly Rule[] = [
    {
        name: "nothing-stateful-is-replaced",
        promise: "no update of a committed stack replaces or deletes what holds data or an address",
        fix: "Undo the change, add an alias for a new name, or, if the loss is wanted, run `npm run golden`.",
        controls: [],
        about: ["*"],
        check: (plan) => {
            if (!readRecords().stacks.includes(plan.stack)) {
                return [];
            }
            const content = recorded(identityFile(plan.stack));
            return losses(plan, content === undefined ? {} : (JSON.parse(content) as Identities));
        },
    },
];
