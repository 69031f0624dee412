import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import { signatureHolds } from '#libs/access/standard-webhooks';
import { ApiError } from '../http/api-error';
import { readBytes } from '../http/body.interceptor';
import type { ApiRequest } from '../http/decorators';
import { Settings } from '../settings';

/**
 * Who signs is the provider we gave the secret to; without a configured secret nobody's signature holds. It is looked at before anything of the body is, so a stranger
 * learns nothing of what a route takes. What is signed and no JSON is left as its text.
 */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const bytes = await readBytes(request, context.switchToHttp().getResponse<Response>());
    const secret = (request.params.provider ?? request.params.carrier) === 'sandbox' ? this.settings.values.SANDBOX_SECRET : undefined;
    const headers = { id: request.get('webhook-id'), timestamp: request.get('webhook-timestamp'), signature: request.get('webhook-signature') };
    if (!secret || !bytes || !signatureHolds(secret, headers, bytes, Date.now())) throw new ApiError('unauthenticated', 'The signature does not hold');
    request.body = parsed(bytes.toString('utf8'));
    return true;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
