import type { Service } from "@aws-sdk/client-ecs";

/** Why a service has not finished its last deployment; undefined when it has. */
export function unsteady(service: Service): string[] {
    const { serviceName = "", status, deployments = [], desiredCount = 0, runningCount = 0 } = service;
    const current = deployments.find((deployment) => deployment.status === "PRIMARY");
    const others = deployments.filter((deployment) => deployment.status !== "PRIMARY");
    const problems = [
        status === "ACTIVE" ? "" : `is ${status}`,
        current?.rolloutState === "COMPLETED"
            ? ""
            : `its rollout is ${current?.rolloutState}: ${current?.rolloutStateReason ?? "no reason given"}`,
        // A rollback ends COMPLETED, too: its reason says so, and it runs another task definition.
        /roll(ed|ing)? ?back/i.test(current?.rolloutStateReason ?? "")
            ? `was rolled back: ${current?.rolloutStateReason}`
            : "",
        current?.taskDefinition === service.taskDefinition
            ? ""
            : `runs ${current?.taskDefinition}, not ${service.taskDefinition}`,
        (current?.failedTasks ?? 0) === 0 ? "" : `${current?.failedTasks} of its tasks failed`,
        ...others.map(({ id, status: state }) => `deployment ${id} is still ${state}`),
        runningCount === desiredCount ? "" : `runs ${runningCount} of ${desiredCount} tasks`,
    ];
    return problems.filter((problem) => problem !== "").map((problem) => `${serviceName} ${problem}`);
}
