// Lets a stack be accepted with tasks: `record <folder> <stack>` writes a digest for each image into the stack's file in a copy of the
// project, and `push <stack>` puts these images into the repositories of the deployed stack and has its services start their tasks.
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { nameOf } from "../lib/scope.ts";
import { migrationNoun } from "../lib/settings/migration.ts";
import { readSettingsOfStack } from "../plan/stack-settings.ts";
import { imageOf, pushImage } from "../test/engine/support/image.ts";
import { serviceRepository } from "../tools/images/service-repository.ts";
import { StackServices } from "../tools/images/stack-services.ts";

const tag = "accepted";

function record(root, stack) {
    const services = new StackServices(root, stack);
    const digests = services
        .imageOwners()
        .map((owner) => [owner, imageOf(serviceRepository(root, stack, owner).name, tag).digest]);
    console.log(services.recordDigests(digests));
}

async function push(stack) {
    const root = process.cwd();
    const { region, environmentSuffix: suffix } = readSettingsOfStack(root, stack);
    const ecs = new ECSClient({ region });
    for (const owner of new StackServices(root, stack).imageOwners()) {
        await pushImage(serviceRepository(root, stack, owner).name, tag);
        if (owner !== migrationNoun) {
            const [cluster, service] = ["cluster", owner].map((noun) => nameOf({ suffix }, noun));
            await ecs.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
        }
    }
}

const [action, ...args] = process.argv.slice(2);
await { record, push }[action](...args);
