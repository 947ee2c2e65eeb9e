import { generate } from "selfsigned";

/** Days for which the certificate is valid: longer than a task lives. */
const validDays = 365;

/**
 * A key and a self-signed certificate, made anew in memory at each start: there is no key to store. The load balancer encrypts to
 * its targets and does not verify their certificates
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html).
 */
export async function selfSignedCertificate(commonName: string): Promise<{ key: string; cert: string }> {
    const now = Date.now();
    const { private: key, cert } = await generate([{ name: "commonName", value: commonName }], {
        keyType: "ec",
        curve: "P-256",
        algorithm: "sha256",
        notBeforeDate: new Date(now - 3_600_000),
        notAfterDate: new Date(now + validDays * 86_400_000),
        extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    });
    return { key, cert };
}
