import { digestPattern, fargateSizes } from "../../lib/settings/fields.ts";
import { resourcesOfType, splitPart, toText, inputText, inputTexts, findingsUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import {
    awaitsImage,
    ecsServicesOf,
    findingUnlessAnyService,
    scheduledTasksOf,
    serviceFindingsUnless,
    type PlannedService,
} from "../../plan/ecs-services.ts";

/** Images of containers, and the size and platform of tasks. */
export const containerRules: readonly Rule[] = [
    {
        name: "fargate-tasks-valid",
        description: "Every task definition has a size that Fargate offers, on Linux and ARM64",
        fix: "Choose a pair of `cpuUnits` and `memoryMib` from Fargate's table, and keep ARM64, LINUX and awsvpc.",
        check: (plan) => {
            const tasks = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition");
            return [
                ...findingUnlessAnyService(tasks),
                // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
                ...findingsUnless(
                    tasks,
                    (task) =>
                        fargateSizes
                            .get(Number(inputText(task, "cpu")))
                            ?.includes(Number(inputText(task, "memory"))) === true,
                    ({ inputs }) =>
                        `have a size that Fargate offers, not ${toText(inputs.cpu)} CPU units with ${toText(inputs.memory)} MiB`,
                ),
                ...findingsUnless(
                    tasks,
                    (task) =>
                        inputTexts(task, "requiresCompatibilities").join() === "FARGATE" &&
                        inputText(task, "networkMode") === "awsvpc" &&
                        inputText(task, "runtimePlatform.cpuArchitecture") === "ARM64" &&
                        inputText(task, "runtimePlatform.operatingSystemFamily") === "LINUX",
                    "run on Fargate in awsvpc mode, on Linux and ARM64",
                ),
            ];
        },
    },
    {
        name: "images-by-digest",
        description: "Every service and every schedule runs an image by its digest, or no tasks",
        fix: "Set `imageDigest` to the `sha256:` digest of an image in the service's own repository.",
        check: (plan) => {
            const repositories = resourcesOfType(plan, "ecr/repository:Repository").map(({ outputs }) =>
                toText(outputs.repositoryUrl),
            );
            const imagesOf = ({ containers }: Pick<PlannedService, "containers">) =>
                containers.map(({ image }) => toText(image ?? ""));
            const isPinned = (image: string) => digestPattern.test(splitPart(image, "@", 1));
            const repositoryOf = (image: string) => image.replace(/[@:][^/]*$/, "");
            const isFromStack = (each: Pick<PlannedService, "containers">) =>
                imagesOf(each).length > 0 &&
                imagesOf(each).every((image) => repositories.includes(repositoryOf(image)));
            return [
                ...findingUnlessAnyService(ecsServicesOf(plan)),
                ...serviceFindingsUnless(
                    plan,
                    (each) => awaitsImage(each) || imagesOf(each).every(isPinned),
                    (each) => `run an image by its digest, or no tasks, not ${imagesOf(each).join(", ")}`,
                ),
                ...serviceFindingsUnless(plan, isFromStack, "use an image from a repository of the stack"),
                ...scheduledTasksOf(plan).flatMap((each) => {
                    const { name, inputs } = each.schedule;
                    const isStarted = inputs.state !== "DISABLED";
                    return findingsUnless(
                        [each.schedule],
                        () => isFromStack(each) && (!isStarted || imagesOf(each).every(isPinned)),
                        `start an image of a repository of the stack by its digest, or no tasks, not ${imagesOf(each).join(", ") || name}`,
                    );
                }),
            ];
        },
    },
];
