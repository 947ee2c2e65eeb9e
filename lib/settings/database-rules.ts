import type { PlatformSettings } from "../settings.ts";
import { databaseClusterName, generationsOf } from "./database-generations.ts";
import type { SettingRule } from "./rule.ts";

/** Name of the cluster that is created with restored data. */
const restoredCluster = ({ database: { restoreFrom }, environmentSuffix: suffix }: PlatformSettings): string =>
    databaseClusterName({ suffix }, restoreFrom?.generation ?? 1);

/** Rules about capacity and clusters of the database. */
export const databaseRules: readonly SettingRule[] = [
    ...(["minAcu", "maxAcu"] as const).flatMap((end): SettingRule[] => [
        {
            name: "acu-given",
            why: "A serverless database needs both its minimum and its maximum capacity.",
            field: `database.${end}`,
            reads: ["database.instanceClass"],
            must: "be given with instanceClass db.serverless",
            isMet: ({ database }) => database.instanceClass !== "db.serverless" || database[end] !== undefined,
        },
        {
            name: "acu-left-out",
            why: "A provisioned instance class does not scale in ACUs.",
            field: `database.${end}`,
            reads: ["database.instanceClass"],
            must: ({ database }) => `be left out with the provisioned instanceClass ${database.instanceClass}`,
            isMet: ({ database }) => database.instanceClass === "db.serverless" || database[end] === undefined,
        },
    ]),
    {
        name: "acu-range",
        why: "The minimum cannot exceed the maximum.",
        field: "database.minAcu",
        reads: ["database.maxAcu"],
        must: ({ database }) => `be at most maxAcu (${database.maxAcu})`,
        isMet: ({ database: { minAcu = 0, maxAcu = Infinity } }) => minAcu <= maxAcu,
    },
    {
        name: "data-api-class",
        why: "The RDS Data API does not work with burstable instance classes (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html).",
        field: "database.breakGlass",
        reads: ["database.instanceClass"],
        must: ({ database }) => `be false with instanceClass ${database.instanceClass}`,
        isMet: ({ database }) => !database.breakGlass || !/^db\.t\d/.test(database.instanceClass),
    },
    {
        name: "generation-once",
        why: "The cluster in use and the others are different clusters.",
        field: "database.otherGenerations",
        reads: ["database.generation"],
        must: ({ database }) => `leave out ${database.generation}, the generation that the services use`,
        isMet: ({ database: { generation, otherGenerations = [] } }) => !otherGenerations.includes(generation),
    },
    {
        name: "generation-restored",
        why: "A second cluster without restored data would be empty.",
        field: "database.otherGenerations",
        reads: ["database.restoreFrom"],
        must: "be empty without restoreFrom",
        isMet: ({ database: { otherGenerations = [], restoreFrom } }) =>
            otherGenerations.length === 0 || restoreFrom !== undefined,
    },
    {
        name: "restored-generation",
        why: "Only a cluster of the stack can be created with the data.",
        field: "database.restoreFrom.generation",
        reads: ["database.generation", "database.otherGenerations"],
        must: ({ database }) => `be one of the stack's generations (${generationsOf(database).join(", ")})`,
        isMet: ({ database }) =>
            database.restoreFrom === undefined || generationsOf(database).includes(database.restoreFrom.generation),
    },
    {
        name: "restored-from-another",
        why: "A cluster cannot be created from its own backups.",
        field: "database.restoreFrom.cluster",
        reads: ["database.restoreFrom.generation", "environmentSuffix"],
        must: (settings) => `differ from the restored cluster (${restoredCluster(settings)})`,
        isMet: (settings) => {
            const { restoreFrom } = settings.database;
            return (
                restoreFrom?.source !== "point-in-time" ||
                restoreFrom.cluster.split(":").at(-1) !== restoredCluster(settings)
            );
        },
    },
];
