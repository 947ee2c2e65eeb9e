import { isOnlyLeftOut } from "../../../analysis/difference/kept-inputs.ts";
import { isReplaced, type ChangedPair } from "../../../analysis/difference/replacements.ts";
import type { PlanNode } from "../../../plan/plan.ts";

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

/** Paths of inputs with an effect in AWS that an update in place leaves out, and so does not switch off. */
export const leftOutInputs = (pair: ChangedPair): string[] =>
    isReplaced(pair)
        ? []
        : pair.changes
              .filter((change) => isOnlyLeftOut(pair.after.type, change) && !isDecided(pair.after, change.path))
              .map(({ path }) => path);

const isDecided = ({ type, inputs }: PlanNode, path: string): boolean =>
    Object.entries(decidedByOther[type] ?? {}).some(
        ([other, paths]) => inputs[other] !== undefined && paths.includes(path.replace(/\[[^\]]*\]/g, "")),
    );
