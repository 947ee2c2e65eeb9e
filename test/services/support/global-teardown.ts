/** Ends what the setup has started: the services by a signal, and then the machine, which ends with its stdin. */
export default async function tearDown(): Promise<void> {
    for (const child of globalThis.servicesUnderTest ?? []) {
        await new Promise((resolve) => {
            child.once("exit", resolve);
            if (child.stdin === null) {
                child.kill("SIGTERM");
            } else {
                child.stdin.end();
            }
        });
    }
}
