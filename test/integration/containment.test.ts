import { describe, expect } from "@jest/globals";
import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { requireItem } from "../../lib/list.ts";
import { verifyPaths, listPathsToVerify } from "./scenarios/network-paths.ts";
import { quarantine } from "./scenarios/quarantine.ts";
import { createArnMapper, crossServiceCalls, simulateCalls } from "./scenarios/cross-service-access.ts";
import { destroysOnAws, printedResult, minutes, drillContextOfStack } from "./support/drill-context.ts";
import { outputsOf, planOfStack } from "./support/stack.ts";

describe("an intruder in one service cannot reach others", () => {
    destroysOnAws(
        "each service can connect to its own stores only",
        "it has no Reachability Analyzer",
        async () => {
            const { vpcId, privateSubnetIds, databaseSubnetIds, serviceNames, environmentSuffix } = outputsOf();
            const expected = listPathsToVerify(await planOfStack(), environmentSuffix);
            const verdicts = await verifyPaths(
                drillContextOfStack(),
                {
                    vpcId,
                    privateSubnetId: requireItem(privateSubnetIds, 0),
                    databaseSubnetId: requireItem(databaseSubnetIds, 0),
                    services: Object.keys(serviceNames),
                },
                expected,
            );
            expect(verdicts).toHaveLength(expected.length);
        },
        minutes(60),
    );

    destroysOnAws(
        "a stolen role is denied the stores of other services",
        "it evaluates no policies",
        async () => {
            const { environmentSuffix: suffix, manifest } = outputsOf();
            const drillContext = drillContextOfStack();
            const plan = await planOfStack();
            const { DBClusters: [database] = [] } = await drillContext.clients.rds.send(
                new DescribeDBClustersCommand({ DBClusterIdentifier: drillContext.databaseCluster }),
            );
            const live = createArnMapper(plan, manifest.resources, {
                account: manifest.account ?? "",
                databaseCluster: drillContext.databaseCluster,
                databaseResourceId: database?.DbClusterResourceId ?? "",
                databaseSecretArn: database?.MasterUserSecret?.SecretArn ?? "",
            });
            await expect(simulateCalls(drillContext, crossServiceCalls(plan, suffix, live))).resolves.toBeGreaterThan(
                0,
            );
        },
        minutes(10),
    );

    destroysOnAws(
        "a quarantined task loses its network and its credentials, and the service keeps running",
        "no task runs",
        async () => {
            for (const service of Object.keys(outputsOf().serviceNames)) {
                const found = printedResult(await quarantine(drillContextOfStack(), service));
                expect(found?.containedSeconds ?? 0).toBeLessThan(300);
            }
        },
        minutes(120),
    );
});
