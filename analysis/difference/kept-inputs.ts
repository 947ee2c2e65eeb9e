import keptInputs from "../../plan/catalogue/kept-inputs.json" with { type: "json" };
import type { PlanNode } from "../../plan/plan.ts";
import type { ValueChange } from "./property-changes.ts";
import { isReplaced, type ChangedPair } from "./replacements.ts";

const pathsByType: Readonly<Record<string, readonly string[]>> = keptInputs.inputs;

/** Inputs whose kept value has no effect, as long as another input is stated that decides whether it has one. */
const decidedByOther: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
    // With on-demand billing a table has no units (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html).
    "aws:dynamodb/table:Table": {
        billingMode: [
            "readCapacity",
            "writeCapacity",
            "globalSecondaryIndexes.readCapacity",
            "globalSecondaryIndexes.writeCapacity",
        ],
    },
    // An interval of 0 switches the monitoring off (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html).
    "aws:rds/clusterInstance:ClusterInstance": { monitoringInterval: ["monitoringRoleArn"] },
};

/** Whether a change only leaves an input out of a resource that then keeps its value: AWS changes nothing. */
export const isOnlyLeftOut = (type: string, { path, before, after }: ValueChange): boolean =>
    before !== undefined &&
    after === undefined &&
    // A list is compared with its former members: what is left out of it is removed.
    !path.endsWith("]") &&
    (pathsByType[type] ?? []).includes(withoutIndexes(path));

const withoutIndexes = (path: string): string => path.replace(/\[[^\]]*\]/g, "");

/** Paths of inputs with an effect in AWS that an update in place leaves out, and so does not switch off. */
export const leftOutInputs = (pair: ChangedPair): string[] =>
    isReplaced(pair)
        ? []
        : pair.changes
              .filter((change) => isOnlyLeftOut(pair.after.type, change) && !isDecided(pair.after, change.path))
              .map(({ path }) => path);

const isDecided = ({ type, inputs }: PlanNode, path: string): boolean =>
    Object.entries(decidedByOther[type] ?? {}).some(
        ([other, paths]) => inputs[other] !== undefined && paths.includes(withoutIndexes(path)),
    );
