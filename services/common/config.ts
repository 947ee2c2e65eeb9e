import { z } from "zod";
import { regionPattern, type listVariables, type variables } from "../../contract/container.ts";

type ContractVariable =
    keyof typeof variables | (keyof typeof listVariables extends `*${infer Suffix}` ? `${string}${Suffix}` : never);
type Shape = Partial<Record<ContractVariable, z.ZodType>>;

const host = z.string().regex(/^[a-z0-9.-]{1,253}$/, { error: "must be a host name" });
const port = z.coerce.number({ error: "must be a port" }).int().min(1).max(65_535);
export const arn = z.string().regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:\S+$/, { error: "must be an ARN" });
export const queueUrl = z.url({ protocol: /^https?$/, error: "must be the URL of a queue" });

/** Variables of every service, by their names in the container contract. */
export const commonVariables = {
    AWS_REGION: z.string().regex(regionPattern, { error: "must be a region" }),
    ENVIRONMENT: z.string().regex(/^[\w-]{1,64}$/, { error: "must be the suffix of a platform" }),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]),
    SERVICE: z.string().regex(/^[a-z0-9-]{1,64}$/, { error: "must be the name of a service" }),
} satisfies Shape;

export const serverVariables = { PORT: port, PROTOCOL: z.enum(["HTTPS", "HTTP"]) } satisfies Shape;

/** The same for a service that may also be a worker, which has none of them. */
export const optionalServerVariables = {
    GATEWAY_SECRET_ARN: arn.optional(),
    PORT: port.optional(),
    PROTOCOL: serverVariables.PROTOCOL.optional(),
} satisfies Shape;

export const databaseVariables = {
    DATABASE_HOST: host,
    DATABASE_NAME: z.string().min(1),
    DATABASE_PORT: port,
    DATABASE_READER_HOST: host,
    DATABASE_USER: z.string().min(1),
} satisfies Shape;

export const cacheVariables = { CACHE_HOST: host, CACHE_PORT: port, CACHE_TOKEN_SECRET_ARN: arn } satisfies Shape;

type ConfigOf<T extends Record<string, z.ZodType>> = { readonly [Name in keyof T]: z.output<T[Name]> };
export type CommonConfig = ConfigOf<typeof commonVariables>;
export type ServerConfig = CommonConfig & ConfigOf<typeof serverVariables>;
export type DatabaseConfig = ConfigOf<typeof databaseVariables>;
export type CacheConfig = ConfigOf<typeof cacheVariables>;

/** @throws Error that names every missing or invalid variable, without its value */
export function readConfig<T extends z.ZodType>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
    const { data, error } = schema.safeParse(environment);
    if (error !== undefined) {
        const problems = error.issues.map(({ path, message }) => {
            const name = path.join(".");
            if (name === "") {
                // A rule across variables, which its message names.
                return message;
            }
            return environment[name] === undefined ? `${name} is missing` : `${name}: ${message}`;
        });
        throw new Error(`environment variables: ${problems.join("; ")}`);
    }
    return data;
}
