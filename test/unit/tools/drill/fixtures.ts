import type { ExpectedPath, PathTestNetwork } from "../../../integration/scenarios/network-paths.ts";
import type { QueueUnderTest } from "../../../integration/scenarios/faults.ts";
import type { CallInput } from "./fakes.ts";

export const networkUnderTest: PathTestNetwork = {
    vpcId: "vpc-1",
    privateSubnetId: "subnet-private",
    databaseSubnetId: "subnet-database",
    services: ["api", "payment"],
};

const tasks = ["payment-tasks-dev"];
const clients = [...tasks, "payment-database-clients-dev"];

/** A connection that must be possible, one that must not, and one between services. */
export const samplePaths: readonly ExpectedPath[] = [
    {
        from: "api",
        to: "database",
        port: 5432,
        reachable: true,
        fromGroups: clients,
        toGroups: ["payment-database-dev"],
    },
    { from: "api", to: "cache", port: 6379, reachable: false, fromGroups: clients, toGroups: ["payment-cache-dev"] },
    { from: "api", to: "payment", port: 8080, reachable: false, fromGroups: clients, toGroups: tasks },
];

/** What AWS says where the groups are as the plan has them. */
export const pathAnalysisResult = (from: string, to: string): CallInput =>
    from.includes("database-clients") && to.includes("payment-database-dev")
        ? { NetworkPathFound: true }
        : { NetworkPathFound: false, Explanations: [{}, { ExplanationCode: "ENI_SG_RULES_MISMATCH" }] };

export const queueUnderTest: QueueUnderTest = {
    queue: "processing",
    queueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/payment-processing-dev",
    consumer: "payment",
};

export const cacheToken = {
    service: "api",
    secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:payment-cache-token-dev-1a2b3c4",
    nodes: ["cache-1"],
};
