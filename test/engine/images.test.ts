import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { expect } from "@jest/globals";
import { deployedTag } from "../../lib/compute/deployed-tag.ts";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import { setEmptyScanResult, pushImage, type PushedImage } from "./support/image.ts";
import { withMissingCallsAnswered } from "./support/missing-calls.ts";
import type { ProcessResult } from "./support/process.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const repository = "payment-api-dev";
const cluster = "payment-cluster-dev";
const ecs = new ECSClient({ region: process.env.AWS_REGION });
const ecr = new ECRClient({ region: process.env.AWS_REGION });

/** Tasks of the service `api` that ECS should run and that run, and the image that its task definition names. */
async function running(): Promise<{ desired: number; tasks: number; image: string }> {
    const { services: [service] = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster, services: [repository] }),
    );
    const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
    );
    const [container] = taskDefinition?.containerDefinitions ?? [];
    return {
        desired: service?.desiredCount ?? 0,
        tasks: service?.runningCount ?? 0,
        image: container?.image ?? "",
    };
}

const images = (...args: string[]): Promise<ProcessResult> =>
    withMissingCallsAnswered(process.env.AWS_ENDPOINT_URL ?? "", (env) => project.npm("images", args, { env }));

const tagsOf = async ({ digest }: PushedImage): Promise<string[]> => {
    const { imageDetails: [found] = [] } = await ecr.send(
        new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageDigest: digest }] }),
    );
    return found?.imageTags ?? [];
};

scenario(
    "an image is pushed, recorded and runs, so is the next one, and without one no task runs again",
    40,
    async () => {
        await project.ensureDeployed("dev");
        const settings = project.read("Pulumi.dev.yaml");
        for (const tag of ["1.0.0", "1.1.0"]) {
            const image = await pushImage(repository, tag);
            const refused = await images("dev", "api", `${repository}:${tag}`);
            expect(refused.code).toBe(1);
            expect(refused.stderr).toContain("CVE-9999-9999 (HIGH)");
            expect(project.read("Pulumi.dev.yaml")).not.toContain(image.digest);

            await setEmptyScanResult(image);
            const recorded = await images("dev", "api", `${repository}:${tag}`);
            expect(recorded).toMatchObject({ code: 0, stderr: "" });
            expect(await tagsOf(image)).toContain(deployedTag(image.digest));
            expect(await project.npm("check", ["dev"])).toMatchObject({ code: 0 });
            expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: 0 });
            const { desired, tasks, image: name } = await running();
            expect({ desired, tasks, digest: name.split("@").at(-1) }).toEqual({
                ...{ desired: 2, tasks: 2, digest: image.digest },
            });
        }
        // The other files of this run begin with a dev without images, and so does this way back: nothing is done by hand.
        project.edit("Pulumi.dev.yaml", () => settings);
        await project.runOperationSuccessfully("up", "dev");
        expect(await running()).toMatchObject({ desired: 0, tasks: 0 });
        expect(await project.runOperation("preview", "dev")).toMatchObject({ code: 0, steps: [] });
    },
);

scenario("a first image that cannot run is not reported as settled", 60, async () => {
    await project.ensureDeployed("dev");
    const settings = project.read("Pulumi.dev.yaml");
    // Of this digest no image was pushed, so its tasks cannot start.
    project.setSetting("dev", ["services", "api", "imageDigest"], `sha256:${"0".repeat(64)}`);
    try {
        const { code, stdout } = await project.deploy("dev", ["up", "--yes"]);
        expect(code).toBe(exitCodeFor("rolled-back"));
        expect(stdout).not.toMatch(/payment-api-dev: settled/);
    } finally {
        project.edit("Pulumi.dev.yaml", () => settings);
        await project.runOperationSuccessfully("up", "dev");
    }
});
