import { start } from "./start.ts";

// A program of its own, so that an image without it fails, and does not seem to have prepared anything.
start({ isRestored: true });
