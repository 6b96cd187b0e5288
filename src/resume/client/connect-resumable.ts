// From the options of `connect` with `resume` to the client.

import type { ReconnectUrl } from '../../client/reconnect/options.ts';
import { nodeReconnectPorts, type ReconnectPorts } from '../../client/reconnect/ports.ts';
import { completeConnection } from '../../core/connection/complete-settings.ts';
import { nodeRandom } from '../../node/environment.ts';
import { partSize } from '../carrier-options.ts';
import { ClientSession } from './client-session.ts';
import { readDestination } from './destination.ts';
import { offered } from './offer.ts';
import { readResumeOptions } from './option-rows.ts';
import { type ResumeClientOptions, type ResumeClientSettings, resumeClientDefaults } from './options.ts';
import { type ResumableConnection, resumableConnection } from './resumable-connection.ts';

type CompleteSettings = {
  readonly [Name in keyof ResumeClientSettings]-?: Exclude<ResumeClientSettings[Name], undefined>;
};

/**
 * Makes a client that resumes, and begins.
 *
 * @throws WebSocketError ERR_WS_URL, ERR_WS_OPTION
 */
export function connectResumable(
  url: ReconnectUrl,
  options: ResumeClientOptions,
  ports: ReconnectPorts = nodeReconnectPorts,
): ResumableConnection {
  const { resume, reconnect, headers, handlers = {}, signal, subprotocols, ...given } = readResumeOptions(options);
  // The copy of checked options has none that is undefined.
  const own = resume === true ? {} : resume;
  const settings = { ...resumeClientDefaults, ...own } as CompleteSettings;
  const comingBack = reconnect === undefined || reconnect === true ? {} : reconnect;
  const { allowInsecure, allowedHosts } = settings;
  const fixed = typeof url === 'function' ? undefined : readDestination(url, allowInsecure).url;
  const { limits, streaming, ownFrameSize, highWaterMark } = completeConnection('client', given);
  const { maxMessageSize } = streaming?.limits ?? limits;
  const offers = subprotocols === undefined || typeof subprotocols === 'string' ? [] : subprotocols;
  return resumableConnection({
    handlers,
    signal,
    network: comingBack.network,
    session: (events) =>
      new ClientSession(
        {
          url: async () => {
            if (typeof url !== 'function') return fixed as string;
            const answer = await url();
            readDestination(answer, allowInsecure);
            return answer;
          },
          headers,
          options: { ...given, subprotocols: offered(offers), fragmentSizes: true },
          reconnect: comingBack,
          protocol: {
            limits: {
              buffer: settings.replayBytes,
              part: partSize(settings.part, ownFrameSize),
              max: Math.min(maxMessageSize, Number.MAX_SAFE_INTEGER),
            },
            maxQueued: own.maxQueuedBytes ?? given.limits?.maxQueuedBytes ?? settings.maxQueuedBytes,
            highWaterMark,
            answerTimeout: settings.answerTimeout,
            acknowledgeDelay: settings.ackDelay,
            startsAnew: settings.onExpiry === 'new',
            deliversPieces: streaming !== undefined,
          },
          received: {
            acknowledgesReceipt: settings.ack === 'receipt',
            messagesPerSecond: limits.maxMessagesPerSecond,
            streaming: streaming && { from: streaming.from, limit: limits.maxMessageSize },
          },
          allowedHosts,
          random: nodeRandom,
        },
        ports,
        events,
      ),
  });
}
