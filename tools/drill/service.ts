import { DescribeServicesCommand, type Service } from "@aws-sdk/client-ecs";
import { nameOf } from "../../lib/scope.ts";
import { DrillProblem, told, untilSo, type Scene } from "./scene.ts";

export const clusterName = (scene: Pick<Scene, "suffix">): string => nameOf(scene, "cluster");

interface Counted extends Service {
    readonly desiredCount: number;
    readonly runningCount: number;
}

export async function describeService(scene: Scene, service: string): Promise<Counted> {
    const { services: [found] = [] } = await scene.clients.ecs.send(
        new DescribeServicesCommand({ cluster: clusterName(scene), services: [nameOf(scene, service)] }),
    );
    if (found === undefined) {
        throw new DrillProblem(`there is no service ${nameOf(scene, service)}`);
    }
    return {
        ...found,
        desiredCount: told(found.desiredCount, "DescribeServices", "desiredCount"),
        runningCount: told(found.runningCount, "DescribeServices", "runningCount"),
    };
}

/** It runs what it should, and no deployment is under way. */
const isSteady = ({ runningCount, desiredCount, deployments }: Counted): boolean =>
    desiredCount > 0 && runningCount === desiredCount && deployments?.length === 1;

/** Why a drill that needs running tasks cannot be held; nothing where it can. */
export const whyNotSteady = async (scene: Scene, service: string): Promise<string | undefined> => {
    const { desiredCount, runningCount } = await describeService(scene, service);
    if (desiredCount === 0) {
        return `${nameOf(scene, service)} has no tasks (its imageDigest is not set)`;
    }
    return runningCount === desiredCount
        ? undefined
        : `${nameOf(scene, service)} runs ${runningCount} of ${desiredCount} tasks: let it settle first`;
};

export const steadyAgain = (scene: Scene, service: string): Promise<void> =>
    untilSo(scene, { what: `${nameOf(scene, service)} is steady`, withinMinutes: 20, everySeconds: 15 }, async () =>
        isSteady(await describeService(scene, service)),
    );
