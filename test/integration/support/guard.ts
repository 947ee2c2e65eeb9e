import type { STSClient } from "@aws-sdk/client-sts";

/** Calls that change nothing, by the first word of their name. */
const reading = /^(Get|List|Describe|BatchGet|Head|Query|Scan|Lookup|Simulate|Filter|Search)/;

/** They begin like the others, but return a secret. */
const secretReads = ["GetSecretValue", "GetAuthorizationToken"];

/** Whether a call may be made on any stack at any time. */
export const isRead = (command: string): boolean => {
    const call = command.replace(/Command$/, "");
    return reading.test(call) && !secretReads.includes(call);
};

/**
 * Makes a client throw on calls that change something or return secrets, before they are sent.
 *
 * @param allowed calls that a test needs besides, such as `GetSecretValue`
 */
export function readOnly<C extends { middlewareStack: unknown }>(client: C, allowed: readonly string[] = []): C {
    // All clients pass their calls through the same kind of stack; only the types of the calls differ.
    const { middlewareStack } = client as { middlewareStack: STSClient["middlewareStack"] };
    middlewareStack.add(
        (next, { commandName = "an unknown call" }) =>
            (args) =>
                isRead(commandName) || allowed.includes(commandName.replace(/Command$/, ""))
                    ? next(args)
                    : Promise.reject(
                          new Error(`${commandName} is no read: tests change a stack only with RUN_DESTRUCTIVE=yes`),
                      ),
        { step: "initialize", name: "readOnly", priority: "high" },
    );
    return client;
}
