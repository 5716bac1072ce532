/** Gives what the work gives, or `null` as soon as the signal is aborted: then nobody waits for the work any more. */
export function untilStopped<T>(stop: AbortSignal, work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve(null);
    stop.addEventListener("abort", leave, { once: true });
    if (stop.aborted) leave();
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", leave));
  });
}
