import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { imageVolumes } from "../../../contract/container.ts";
import { listeningPort } from "../../../tools/frame/listening-port.ts";

/** A call that the emulator does not know, and what AWS answers where there is nothing to list. */
interface MissingCall {
    readonly matches: (asked: { target: string; path: string; body: string }) => boolean;
    readonly contentType: string;
    readonly responseBody: string;
}

const awsJsonContentType = "application/x-amz-json-1.1";

const imageConfig = JSON.stringify({
    architecture: "arm64",
    os: "linux",
    config: { Volumes: Object.fromEntries(imageVolumes.map((path) => [path, {}])) },
});

const endedTask = {
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/payment-cluster-dev/${"0".repeat(32)}`,
    lastStatus: "STOPPED",
    containers: [{ name: "migration", exitCode: 0 }],
};

/** Seen to be missing in moto 5.2.1, which answers them with a page of HTML. */
const missingCalls: readonly MissingCall[] = [
    {
        matches: ({ target }) => target.endsWith(".ListResourcesForWebACL"),
        contentType: awsJsonContentType,
        responseBody: '{"ResourceArns":[]}',
    },
    {
        matches: ({ target }) => target.endsWith(".DescribeKinesisStreamingDestination"),
        contentType: awsJsonContentType,
        responseBody: '{"KinesisDataStreamDestinations":[]}',
    },
    {
        matches: ({ path }) => /^\/2021-10-31\/functions\/[^/]+\/urls/.test(path),
        contentType: "application/json",
        responseBody: '{"FunctionUrlConfigs":[]}',
    },
    {
        matches: ({ body }) => body.includes("Action=DescribeDBClusterEndpoints&"),
        contentType: "text/xml",
        responseBody:
            '<DescribeDBClusterEndpointsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClusterEndpointsResult><DBClusterEndpoints/></DescribeDBClusterEndpointsResult></DescribeDBClusterEndpointsResponse>',
    },
    {
        // A configuration of every image, as its Dockerfile must declare it.
        matches: ({ target }) => target.endsWith(".GetDownloadUrlForLayer"),
        contentType: awsJsonContentType,
        responseBody: JSON.stringify({ downloadUrl: `data:application/json,${encodeURIComponent(imageConfig)}` }),
    },
    // A task that is started once, as that of the migration, ends at once. The emulator fails to start one whose containers have no
    // limit of their own for memory, and gives no exit code. It knows all other tasks.
    {
        matches: ({ target }) => target.endsWith(".RunTask"),
        contentType: awsJsonContentType,
        responseBody: JSON.stringify({ tasks: [endedTask], failures: [] }),
    },
    {
        matches: ({ target, body }) => target.endsWith(".DescribeTasks") && body.includes(endedTask.taskArn),
        contentType: awsJsonContentType,
        responseBody: JSON.stringify({ tasks: [endedTask], failures: [] }),
    },
];

/** Clients of AWS that make these calls, as their variables name them. */
const proxiedServices = ["WAFV2", "DYNAMODB", "LAMBDA", "RDS", "ECR", "ECS"];

/**
 * Answers the calls that the emulator does not implement, and forwards all others, while `act` runs.
 *
 * @param act gets the variables that direct the clients here
 */
export async function withMissingCallsAnswered<T>(
    emulator: string,
    act: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
    const server = createServer((asked, answer) => void handleRequest(emulator, asked, answer));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${listeningPort(server)}`;
    try {
        return await act(Object.fromEntries(proxiedServices.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])));
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

async function handleRequest(emulator: string, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) {
        chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    const { url: path = "/", method, headers } = asked;
    const call = { target: String(headers["x-amz-target"]), path, body: body.toString() };
    const missing = missingCalls.find(({ matches }) => matches(call));
    if (missing !== undefined) {
        answer.writeHead(200, { "content-type": missing.contentType }).end(missing.responseBody);
        return;
    }
    request(new URL(path, emulator), { method, headers }, (found) => {
        answer.writeHead(found.statusCode ?? 502, found.headers);
        found.pipe(answer);
    })
        .on("error", () => answer.writeHead(502).end())
        .end(body);
}
