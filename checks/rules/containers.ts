import { fargateSizes } from "../../lib/settings/fields.ts";
import { all, shown, text, texts, unless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { servicesOf, someServices, unlessServed, type PlannedService } from "../../plan/ecs-services.ts";

const isAsleep = ({ service, scaling }: PlannedService): boolean =>
    service.inputs.desiredCount === 0 && scaling?.inputs.minCapacity === 0;

/** What containers are made of, and what they run on. */
export const containerRules: readonly Rule[] = [
    {
        name: "fargate-tasks-valid",
        promise: "every task has a size that Fargate offers, on ARM64",
        fix: "Choose `cpuUnits` and `memoryMib` of a pair in Fargate's table; keep ARM64, LINUX and awsvpc.",
        controls: [],
        about: ["ecs/taskDefinition:TaskDefinition"],
        check: (plan) => {
            const tasks = all(plan, "ecs/taskDefinition:TaskDefinition");
            return [
                ...someServices(tasks),
                // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
                ...unless(
                    tasks,
                    (task) =>
                        fargateSizes.get(Number(text(task, "cpu")))?.includes(Number(text(task, "memory"))) === true,
                    ({ inputs }) =>
                        `have a size that Fargate offers, not ${shown(inputs.cpu)} CPU units with ${shown(inputs.memory)} MiB`,
                ),
                ...unless(
                    tasks,
                    (task) =>
                        texts(task, "requiresCompatibilities").join() === "FARGATE" &&
                        text(task, "networkMode") === "awsvpc" &&
                        text(task, "runtimePlatform.cpuArchitecture") === "ARM64" &&
                        text(task, "runtimePlatform.operatingSystemFamily") === "LINUX",
                    "run on Fargate, with an interface of its own, on Linux and ARM64",
                ),
            ];
        },
    },
    {
        name: "images-by-digest",
        promise: "every task runs the image that was reviewed, named by its digest; without one it does not run",
        fix: "Put the `sha256:` digest of an image in the service's own repository into `imageDigest`.",
        controls: [],
        about: ["ecs/taskDefinition:TaskDefinition", "ecs/service:Service"],
        check: (plan) => {
            const repositories = all(plan, "ecr/repository:Repository").map(({ outputs }) =>
                shown(outputs.repositoryUrl),
            );
            const imagesOf = ({ containers }: PlannedService) => containers.map(({ image }) => shown(image ?? ""));
            const isPinned = (image: string) => /@sha256:[0-9a-f]{64}$/.test(image);
            const repositoryOf = (image: string) => image.replace(/[@:][^/]*$/, "");
            return [
                ...someServices(servicesOf(plan)),
                ...unlessServed(
                    plan,
                    (each) => isAsleep(each) || imagesOf(each).every(isPinned),
                    (each) => `run an image by its digest, or no tasks at all, not ${imagesOf(each).join(", ")}`,
                ),
                ...unlessServed(
                    plan,
                    (each) =>
                        imagesOf(each).length > 0 &&
                        imagesOf(each).every((image) => repositories.includes(repositoryOf(image))),
                    "take its image from a repository of the stack",
                ),
            ];
        },
    },
];
