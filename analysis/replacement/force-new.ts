import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { Value } from "../../plan/value.ts";

type Inputs = Readonly<Record<string, Value>>;

/** Inputs that may replace a resource of the type. `region` is an input of every AWS resource, and replaces it. */
export const forceNewInputsOf = (type: string): readonly string[] => [
    ...(catalogue[type]?.forceNew?.inputs ?? []),
    ...(type.startsWith("aws:") ? ["region"] : []),
];

/** Whether only some changes of this input force a replacement. */
export const isConditional = (type: string, input: string): boolean =>
    catalogue[type]?.forceNew?.conditions?.[input] !== undefined;

/** Whether this change of an input that may replace a resource of the type does replace it. */
export function isForced(type: string, input: string, before: Inputs, after: Inputs): boolean {
    const { conditions = {}, keptWhenRemoved = [] } = catalogue[type]?.forceNew ?? {};
    if (after[input] === undefined && keptWhenRemoved.includes(input)) {
        return false;
    }
    return conditions[input]?.(before, after) ?? true;
}
