import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { newId } from "../../../services/common/ids.ts";
import { merchantAt, type MerchantClient } from "../../../tools/local/merchant-client.ts";
import { sendRequest } from "../../services/support/client.ts";
import { readOnly } from "./guard.ts";
import { clientConfig, outputsOf } from "./stack.ts";

/** A payment of the first merchant for the validator, which charges no customer. */
export const payment = () => ({
    merchantId: Object.keys(outputsOf().merchantKeySecretArns)[0] ?? "",
    paymentId: `it-${newId()}`,
    customerId: `customer-${newId()}`,
    amountMinor: 1234,
    currency: "USD",
});

let keys: Promise<string[]> | undefined;

/** API keys of the merchants, kept only in this process: the one kind of secret that these tests read. */
function keysOfMerchants(): Promise<string[]> {
    const secrets = readOnly(new SecretsManagerClient(clientConfig()), ["GetSecretValue"]);
    const keyOf = async (SecretId: string): Promise<string> => {
        const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
        return SecretString;
    };
    keys ??= Promise.all(Object.values(outputsOf().merchantKeySecretArns).map(keyOf));
    return keys;
}

/** Every merchant of the stack, at its API. */
export const merchantsOfStack = async (): Promise<MerchantClient[]> =>
    (await keysOfMerchants()).map((key) => merchantAt(outputsOf().apiGatewayUrl, key));

/** Sends a request as the first merchant of the stack. */
export const ask: MerchantClient = async (request) => {
    const [merchant] = await merchantsOfStack();
    if (merchant === undefined) {
        throw new Error("the stack has no merchant: add one to gateway.merchants");
    }
    return merchant(request);
};

/** Sends a request without a merchant's key. */
export const askWithoutKey: MerchantClient = (request) => merchantAt(outputsOf().apiGatewayUrl)(request);

/** Sends a request to the load balancer, not through the merchants' API. Its certificate may be self-signed. */
export const askLoadBalancer = (path: string, headers: Readonly<Record<string, string>>) => {
    const { hostname: host } = new URL(outputsOf().apiUrl);
    // The firewall refuses requests without this header.
    return sendRequest(443, { host, path, headers: { "user-agent": "integration-test", ...headers } });
};
