import { findOnPath } from "../../../tools/frame/executables.ts";

/**
 * Why the scenarios cannot run here; nothing where they can. They create and destroy whole stacks, so they run only where
 * AWS is an emulator on this machine and the state is a folder: never against a real account, whatever the credentials.
 */
export function missingPrerequisite(env: NodeJS.ProcessEnv): string | undefined {
    const { AWS_ENDPOINT_URL: endpoint = "", PULUMI_BACKEND_URL: backend = "" } = env;
    if (!/^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?\/?$/.test(endpoint)) {
        return "AWS_ENDPOINT_URL is no emulator of AWS on this machine";
    }
    if (!backend.startsWith("file://")) {
        return "PULUMI_BACKEND_URL is no folder (file://...)";
    }
    return findOnPath(["pulumi"], env) === undefined ? "there is no `pulumi` on the path" : undefined;
}
