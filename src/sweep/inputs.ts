import { z } from "zod";
import { count, type InputTable, input, type ValuesOf } from "../input-kinds.ts";
import { INPUTS } from "../inputs.ts";

/** GitHub makes no more jobs of one matrix. */
const LARGEST_MATRIX = 256;

/** Every input of the list action; `list/action.yml` and `docs/sweep.md` name the same, with the same defaults. */
export const LIST_INPUTS = {
  token: INPUTS.token,
  "trigger-label": INPUTS["trigger-label"],
  "require-metadata": INPUTS["require-metadata"],
  "allowed-actors": INPUTS["allowed-actors"],
  "allowed-bots": INPUTS["allowed-bots"],
  "policy-file": INPUTS["policy-file"],
  disabled: INPUTS.disabled,
  limit: input(
    String(LARGEST_MATRIX),
    count.pipe(z.number().max(LARGEST_MATRIX)),
    `a whole number from 1 to ${LARGEST_MATRIX}`,
  ),
} satisfies InputTable;

/** The list action's inputs as values. */
export type ListSettings = ValuesOf<typeof LIST_INPUTS>;
