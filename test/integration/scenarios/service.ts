import { DescribeServicesCommand, type Service } from "@aws-sdk/client-ecs";
import { nameOf } from "../../../lib/scope.ts";
import { DrillError, requireValue, waitUntil, type DrillContext } from "../../../tools/drill/context.ts";

export const clusterName = (context: Pick<DrillContext, "suffix">): string => nameOf(context, "cluster");

interface ServiceWithCounts extends Service {
    readonly desiredCount: number;
    readonly runningCount: number;
}

export async function describeService(context: DrillContext, service: string): Promise<ServiceWithCounts> {
    const { services: [found] = [] } = await context.clients.ecs.send(
        new DescribeServicesCommand({ cluster: clusterName(context), services: [nameOf(context, service)] }),
    );
    if (found === undefined) {
        throw new DrillError(`there is no service ${nameOf(context, service)}`);
    }
    return {
        ...found,
        desiredCount: requireValue(found.desiredCount, "DescribeServices", "desiredCount"),
        runningCount: requireValue(found.runningCount, "DescribeServices", "runningCount"),
    };
}

/** All desired tasks run, and no deployment is in progress. */
const isSteady = ({ runningCount, desiredCount, deployments }: ServiceWithCounts): boolean =>
    desiredCount > 0 && runningCount === desiredCount && deployments?.length === 1;

/** Why a drill that needs running tasks cannot start; undefined when it can. */
export const reasonNotSteady = async (context: DrillContext, service: string): Promise<string | undefined> => {
    const { desiredCount, runningCount } = await describeService(context, service);
    if (desiredCount === 0) {
        return `${nameOf(context, service)} has no tasks (its imageDigest is not set)`;
    }
    return runningCount === desiredCount
        ? undefined
        : `${nameOf(context, service)} runs ${runningCount} of ${desiredCount} tasks: wait until it is steady`;
};

export const waitUntilSteady = (context: DrillContext, service: string): Promise<void> =>
    waitUntil(
        context,
        { condition: `${nameOf(context, service)} is steady`, withinMinutes: 20, everySeconds: 15 },
        async () => isSteady(await describeService(context, service)),
    );
