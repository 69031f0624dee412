import { Controller, Get, Param, Post, StreamableFile, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiBody, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Caller } from '#libs/contracts/caller';
import { fileId } from '#libs/contracts/values';
import { sha256 } from '#libs/persistence/canonical';
import { Database, type Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { ApiError, invalid, notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Multipart, Roles, Scope } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { Answers } from '../http/openapi-decorators';
import { created } from '../http/reply';
import { fileTypeOf } from './file-type';
import { DamagedFile, stripMetadata } from './strip-metadata';

/** Bytes of a file. */
const FILE_LIMIT = 10 * 1024 * 1024;
/** One file, and no other fields: unknown ones are refused. */
const limits = { fileSize: FILE_LIMIT, files: 1, fields: 0, parts: 2 };

const fileAnswer = z
  .object({ id: z.string(), contentType: z.string(), size: z.int(), createdAt: z.iso.datetime() })
  .meta({ id: 'File', description: 'Evidence; expires after 24 hours unless a return names it' });

/** What the form parser gives, in memory. */
interface Upload {
  readonly buffer: Buffer;
}

interface StoredFile {
  readonly contentType: string;
  readonly content: Buffer;
}

/** The row when the caller may see it: staff and the shop all, a customer what is theirs or belongs to a return of theirs. */
const visible = `
SELECT f.content_type AS "contentType", f.content FROM file f
WHERE f.merchant_id = $1 AND f.id = $2 AND ($3 OR f.owner = $4 OR EXISTS (
  SELECT FROM return r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_number = r.order_number
  WHERE r.merchant_id = f.merchant_id AND r.id = f.return_id AND lower(o.customer_email) = lower($5) AND ($6::text IS NULL OR o.order_number = $6)))`;

@ApiTags('files')
@Controller('v1/files')
@Roles('customer', 'agent', 'warehouse', 'finance', 'admin', 'service')
@Scope('returns')
export class FilesController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Multipart()
  @UseInterceptors(FileInterceptor('file', { limits }))
  @ApiOperation({ summary: 'Uploads a JPEG, PNG, WebP or PDF of at most 10 MiB in the form field `file`; camera data is removed' })
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] } })
  @Answers(201, fileAnswer)
  upload(@AskedBy() { caller, route, key }: Asked, @UploadedFile() file?: Upload) {
    if (!file) throw invalid('/file', 'required', 'is missing: send the file in the form field of this name');
    const contentType = fileTypeOf(file.buffer);
    if (!contentType) throw new ApiError('unsupported_media_type', 'Send a JPEG, PNG, WebP or PDF file');
    const content = cleaned(file.buffer, contentType);
    const body = { contentType, size: file.buffer.length, sha256: sha256(file.buffer) };
    return this.idempotency.run(caller, route, key, body, (tx) => store(tx, caller, contentType, content));
  }

  @Get(':id')
  @ApiOperation({ summary: 'The file itself' })
  @ApiProduces('image/jpeg', 'image/png', 'image/webp', 'application/pdf')
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: fileId }) id: string): Promise<StreamableFile> {
    const all = caller.role !== 'customer';
    const [file] = await this.database.inMerchant(caller.merchantId, (tx) =>
      tx.query<StoredFile>(visible, [caller.merchantId, id, all, caller.id, caller.email, caller.orderNumber]),
    );
    if (!file) throw notFound('file');
    const extension = file.contentType.split('/')[1];
    return new StreamableFile(file.content, { type: file.contentType, length: file.content.length, disposition: `inline; filename="${id}.${extension}"` });
  }
}

function cleaned(bytes: Buffer, contentType: NonNullable<ReturnType<typeof fileTypeOf>>): Buffer {
  try {
    return stripMetadata(bytes, contentType);
  } catch (error) {
    if (error instanceof DamagedFile) throw invalid('/file', 'damaged', `cannot be read: ${error.message}`);
    throw error;
  }
}

async function store(tx: Transaction, caller: Caller, contentType: string, content: Buffer) {
  const [row] = await tx.query<{ id: string; contentType: string; size: number; createdAt: Date }>(
    `INSERT INTO file (merchant_id, id, owner, content_type, size, sha256, content) VALUES ($1, $2, $3, $4, $5, $6, $7)
     RETURNING id, content_type AS "contentType", size, created_at AS "createdAt"`,
    [caller.merchantId, newId('fil'), caller.id, contentType, content.length, sha256(content), content],
  );
  return created(`/v1/files/${row!.id}`, row!);
}
