import { kindsOf } from "../parity/kinds.ts";
import { readRecords } from "../parity/records.ts";
import { readStructure, structureProblems } from "../parity/structure.ts";
import type { Rule } from "../rule.ts";

export const parityRules: readonly Rule[] = [
    {
        name: "stacks-differ-as-recorded",
        promise: "a committed stack is built like the others, but for differences that are recorded with their reason",
        fix: "Build it in every stack and run `npm run golden`, or record it in `golden/parity.yaml` with its reason.",
        controls: [],
        about: ["*"],
        check: (plan, { environmentSuffix }) => {
            const records = readRecords();
            return records.stacks.includes(plan.stack)
                ? structureProblems(plan.stack, kindsOf(plan, environmentSuffix), readStructure(), records)
                : [];
        },
        evidence: ({ stack }) =>
            readRecords()
                .structure.filter(({ stacks }) => stacks.includes(stack))
                .flatMap(({ lines, stacks, reason }) =>
                    lines.map((line) => `only ${stacks.join(", ")}: ${line}: ${reason}`),
                ),
    },
];
