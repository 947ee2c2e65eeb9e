import { databaseConnections } from "../../contract/container.ts";
import type { PlatformSettings } from "../settings.ts";
import { databaseClusterName, generationsOf } from "./database-generations.ts";
import type { SettingRule } from "./rule.ts";

/** Name of the cluster that is created with restored data. */
const restoredCluster = ({ database: { restoreFrom }, environmentSuffix: suffix }: PlatformSettings): string =>
    databaseClusterName({ suffix }, restoreFrom?.generation ?? 1);

/** Connections that are left to RDS, the migration, the comparison with the acquirer, and a person on call. */
const otherConnections = 50;

/**
 * Those of all tasks to the writer. Connections to readers come to it only while no reader is available. The tasks of a deployment are not counted twice: a pool
 * grows with the load, and the load is shared.
 */
const taskConnections = ({ services }: PlatformSettings): number =>
    Object.values(services)
        .filter(({ stores }) => stores.includes("database"))
        .reduce((sum, { maxTasks }) => sum + maxTasks, 0) * databaseConnections;

/** The line through AWS's table of connections. */
const [connectionsPerAcu, fewerConnections] = [211, 22];

/**
 * Connections that a serverless PostgreSQL accepts, by AWS's table: 189 at a maximum of 1 ACU, 823 at 4, 1,669 at 8, 3,360 at 16, 5,000 from 32 on, and
 * 2,000 at most with a minimum below 1
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections).
 * Between them it is a line, just below which this is.
 */
export const acceptedConnections = ({
    minAcu,
    maxAcu = Infinity,
}: Pick<PlatformSettings["database"], "minAcu" | "maxAcu">): number =>
    Math.min(Math.floor(connectionsPerAcu * maxAcu) - fewerConnections, mostConnections(minAcu));

const mostConnections = (minAcu = 0): number => (minAcu < 1 ? 2_000 : 5_000);

const neededConnections = (settings: PlatformSettings): number => taskConnections(settings) + otherConnections;

/** What makes PostgreSQL accept the connections that the stack needs. */
function connectionsFix(settings: PlatformSettings): string {
    const needed = neededConnections(settings);
    // ACUs come in halves.
    const leastMaxAcu = Math.ceil((2 * (needed + fewerConnections)) / connectionsPerAcu) / 2;
    if (needed <= mostConnections(settings.database.minAcu)) {
        return `${leastMaxAcu} or more`;
    }
    const most = mostConnections(1);
    return needed <= most
        ? `${leastMaxAcu} or more, with a minAcu of 1 or more`
        : `none is, so lower the maxTasks of services with the database by ${Math.ceil((needed - most) / databaseConnections)} in all`;
}

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
        name: "connections",
        why: "PostgreSQL would refuse connections at the load for which the tasks are there. Of a provisioned class AWS's limit follows from its memory, and is not checked.",
        field: "database.maxAcu",
        reads: ["database.minAcu", "services.*.maxTasks", "services.*.stores.*"],
        must: (settings) =>
            `be enough for the ${taskConnections(settings)} connections of all tasks at their maxTasks, and ${otherConnections} others (PostgreSQL accepts ${acceptedConnections(settings.database)}): ${connectionsFix(settings)}`,
        isMet: (settings) =>
            settings.database.maxAcu === undefined ||
            neededConnections(settings) <= acceptedConnections(settings.database),
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
    {
        name: "restored-to-the-past",
        why: "There are no backups of a time to come.",
        field: "database.restoreFrom.time",
        reads: ["database.restoreFrom.source"],
        must: "be of today (UTC) or earlier",
        isMet: ({ database: { restoreFrom } }, _, today) =>
            restoreFrom === undefined ||
            restoreFrom.source === "snapshot" ||
            restoreFrom.time === "latest" ||
            restoreFrom.time.slice(0, today.length) <= today,
    },
];
