import { plannedPlatform } from "../../../tools/local/platform.ts";
import { planTestStack } from "../../stacks.ts";

/** Plans the stack whose queues and environments the machines of all files have. */
export default async function setUp(): Promise<void> {
    process.env.SERVICES_PLATFORM = JSON.stringify(plannedPlatform(await planTestStack("dev")));
}
