import {
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    ECSClient,
    UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { expect } from "@jest/globals";
import { setEmptyScanResult, pushImage } from "./support/image.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const repository = "payment-api-dev";
const cluster = "payment-cluster-dev";
const ecs = new ECSClient({ region: process.env.AWS_REGION });

/** Running tasks of the service `api`, and the image that its task definition names. */
async function running(): Promise<{ tasks: number; image: string }> {
    const { services: [service] = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster, services: [repository] }),
    );
    const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
    );
    const [container] = taskDefinition?.containerDefinitions ?? [];
    return { tasks: service?.runningCount ?? 0, image: container?.image ?? "" };
}

scenario("an image is pushed, recorded and runs, and so is the next one, and no other file changes", 30, async () => {
    await project.ensureDeployed("dev");
    const settings = project.read("Pulumi.dev.yaml");
    for (const tag of ["1.0.0", "1.1.0"]) {
        const image = await pushImage(repository, tag);
        const refused = await project.npm("images", ["dev", "api", `${repository}:${tag}`]);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain("CVE-9999-9999 (HIGH)");
        expect(project.read("Pulumi.dev.yaml")).not.toContain(image.digest);

        await setEmptyScanResult(image);
        const recorded = await project.npm("images", ["dev", "api", `${repository}:${tag}`]);
        expect(recorded).toMatchObject({ code: 0, stderr: "" });
        expect(await project.npm("check", ["dev"])).toMatchObject({ code: 0 });
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: 0 });
        const { tasks, image: name } = await running();
        expect({ tasks, digest: name.split("@").at(-1) }).toEqual({ tasks: 2, digest: image.digest });
    }
    // The other files of this run begin with a dev without images. ECS would roll the deployment back: its tasks cannot start.
    await ecs.send(new UpdateServiceCommand({ cluster, service: repository, desiredCount: 0 }));
    project.edit("Pulumi.dev.yaml", () => settings);
    await project.runOperationSuccessfully("up", "dev");
    expect(await project.runOperation("preview", "dev")).toMatchObject({ code: 0, steps: [] });
});
