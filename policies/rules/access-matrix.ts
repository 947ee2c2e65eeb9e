import { accessMatrix, matrixFile } from "../access/matrix.ts";
import { understood } from "./access.ts";
import { recorded } from "../parity/golden.ts";
import type { Rule } from "../rule.ts";

/** Lines that only one of two texts has, with a sign as `diff` has it. */
function differences(was: string, is: string): string[] {
    const [before, after] = [was.split("\n"), is.split("\n")];
    return [
        ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
        ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
    ];
}

export const accessMatrixRules: readonly Rule[] = [
    {
        name: "access-matrix-is-recorded",
        promise: "who may do what to which store is what was last agreed to",
        fix: "Undo the change of rights, or, if it is wanted, run `npm run golden` and have the difference reviewed.",
        controls: ["PCI-7.2.2", "PCI-7.2.5"],
        about: ["*"],
        check: understood((plan) => {
            const content = recorded(matrixFile(plan.stack));
            return content === undefined
                ? []
                : differences(content, accessMatrix(plan)).map((line) => `the matrix of access differs: ${line}`);
        }),
        evidence: (plan) => accessMatrix(plan).split("\n"),
    },
];
