import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

/** The shape of an answer, for the API's description. Without a schema: no body. */
export const Answers = (status: number, schema?: z.ZodType, description?: string): MethodDecorator =>
  ApiResponse({ status, description: description ?? schema?.description ?? '', ...(schema && { standardSchema: schema }) });

/** A list as every list looks. `name` becomes the component's name. */
export const listOf = (name: string, element: z.ZodType) =>
  z.object({ data: z.array(element), nextCursor: z.string().nullable() }).meta({ id: name, description: '`nextCursor` is null on the last page' });
