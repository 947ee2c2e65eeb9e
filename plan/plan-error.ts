/** A plan that must not be carried out, with all that is wrong with it. */
export class PlanError extends Error {
    readonly problems: string[];

    constructor(problems: string[]) {
        super(problems.join("\n"));
        this.name = "PlanError";
        this.problems = problems;
    }
}
