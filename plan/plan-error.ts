/** An invalid plan, with all of its problems. */
export class PlanError extends Error {
    readonly problems: string[];

    constructor(problems: string[]) {
        super(problems.join("\n"));
        this.name = "PlanError";
        this.problems = problems;
    }
}

/** The program refused the settings of its stack. */
export class RefusedSettingsError extends PlanError {}
