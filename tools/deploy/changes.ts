import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { nameOf } from "./state.ts";

/** Collects, out of Pulumi's events, the resources to which something happens. */
export class Changes {
    readonly #seen = new Map<string, StepEventMetadata>();

    /** For steps that are planned. */
    readonly planned = ({ resourcePreEvent }: EngineEvent): void => {
        this.#note(resourcePreEvent?.metadata);
    };

    /** For steps whose result tells what happened. */
    readonly found = ({ resOutputsEvent }: EngineEvent): void => {
        this.#note(resOutputsEvent?.metadata);
    };

    /** Resources whose old form goes: what is in it goes, too. */
    get losses(): string[] {
        return this.#lines((op) =>
            op.startsWith("delete") || op.includes("replace") ? `${op.split("-", 1).join()}d` : undefined,
        );
    }

    /** Resources that AWS has otherwise than the state. */
    get drift(): string[] {
        return this.#lines((op, step) => {
            const keys = [...new Set(Object.keys(step.detailedDiff ?? {}).concat(step.diffs ?? []))].sort();
            return op === "delete" ? "gone" : op === "update" ? `changed: ${keys.join(", ") || "?"}` : undefined;
        });
    }

    #note(step: StepEventMetadata | undefined): void {
        if (step !== undefined) {
            this.#seen.set(step.urn, step);
        }
    }

    #lines(say: (op: string, step: StepEventMetadata) => string | undefined): string[] {
        return [...this.#seen.values()].flatMap((step) => {
            const what = say(step.op, step);
            return what === undefined ? [] : [`${nameOf(step)} (${step.type}) ${what}`];
        });
    }
}
