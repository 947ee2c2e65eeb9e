import keptInputs from "../../plan/catalogue/kept-inputs.json" with { type: "json" };
import { withoutIndexes, type ValueChange } from "./property-changes.ts";

const pathsByType: Readonly<Record<string, readonly string[]>> = keptInputs.inputs;

/** Whether a change only leaves an input out of a resource that then keeps its value: AWS changes nothing. */
export const isOnlyLeftOut = (type: string, { path, before, after }: ValueChange): boolean =>
    before !== undefined &&
    after === undefined &&
    // A list is compared with its former members: what is left out of it is removed.
    !path.endsWith("]") &&
    (pathsByType[type] ?? []).includes(withoutIndexes(path));
