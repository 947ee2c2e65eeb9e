import { createHash, createHmac } from "node:crypto";
import { expect, test } from "@jest/globals";
import { passwordVerifier } from "../../../tools/frame/password-verifier.ts";

const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();

test("the verifier is that of the example of RFC 7677", () => {
    const salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const proof = Buffer.from("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "base64");
    const [, keys = ""] = passwordVerifier("pencil", Buffer.from(salt, "base64")).split(`SCRAM-SHA-256$4096:${salt}$`);
    const [storedKey = Buffer.of(), serverKey = Buffer.of()] = keys.split(":").map((key) => Buffer.from(key, "base64"));
    expect(hmac(serverKey, message).toString("base64")).toBe("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    const signature = hmac(storedKey, message);
    const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0));
    expect(createHash("sha256").update(clientKey).digest()).toEqual(storedKey);
});

test("each verifier of a password has another salt", () => {
    expect(passwordVerifier("pencil")).not.toBe(passwordVerifier("pencil"));
});
