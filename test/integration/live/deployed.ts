import { clientConfig, isEmulated, outputsOf, planOfStack } from "../support/stack.ts";
import { clientsOf, type Clients } from "./clients.ts";
import { liveView, type View } from "./view.ts";

let made: Clients | undefined;

/** Clients for the stack under test, which only read. */
export const aws = (): Clients => (made ??= clientsOf(clientConfig()));

let read: Promise<View> | undefined;

/** What AWS has of the stack under test, read once for all tests of a file. */
export async function deployed(): Promise<View> {
    const plan = await planOfStack();
    return (read ??= liveView({ aws: aws(), plan, isEmulated }, outputsOf()));
}
