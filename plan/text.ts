/** A text as a regular expression that finds it. */
export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** The ID of an AWS account in a text: twelve digits alone. */
export const accountIdInText = /(?<!\d)\d{12}(?!\d)/g;

/** Shorter texts are part of other texts by chance. */
export const minIdentifyingLength = 6;

/** Whether AWS generated a text, such as an ID: it has digits, and is too long to occur in other texts by chance. */
export const isGeneratedByAws = (text: string): boolean => text.length >= minIdentifyingLength && /\d/.test(text);
